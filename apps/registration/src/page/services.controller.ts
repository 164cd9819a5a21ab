import { Controller, Get } from '@nestjs/common';
import { settings, type WatchedService } from '../settings.js';

/** Tells the page whom it may watch. The browser asks them itself; this service never does. */
@Controller('services.json')
export class ServicesController {
  @Get()
  services(): readonly WatchedService[] {
    return settings.watched;
  }
}
