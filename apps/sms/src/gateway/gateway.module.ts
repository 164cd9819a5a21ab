import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { firstValueFrom } from 'rxjs';
import { settings } from '../settings.js';
import { type GatewayAddress, SmsGateway } from '../sms-gateway.js';
import { GatewayController } from './gateway.controller.js';
import { MessagesStore } from './messages.store.js';

/** The gateway that somebody else runs, at `SMS_GATEWAY_URL`. */
@Module({
  providers: [
    {
      provide: SmsGateway,
      useFactory: () => new SmsGateway(() => Promise.resolve(String(settings.gatewayUrl))),
    },
  ],
  exports: [SmsGateway],
})
export class RealGatewayModule {}

/** The development gateway: served by this very process, and yet called over HTTP like any other. */
@Module({
  controllers: [GatewayController],
  providers: [
    { provide: MessagesStore, useFactory: () => MessagesStore.open(join(settings.data, 'sms-gateway.db')) },
    {
      provide: SmsGateway,
      inject: [HttpAdapterHost],
      useFactory: (host: HttpAdapterHost) => new SmsGateway(ownAddress(host)),
    },
  ],
  exports: [SmsGateway],
})
export class DevelopmentGatewayModule {}

/** Handlers start before the HTTP server listens: the first messages wait for it. */
function ownAddress(host: HttpAdapterHost): GatewayAddress {
  return async () => {
    if (!host.listening) await firstValueFrom(host.listen$);
    const { port } = host.httpAdapter.getHttpServer().address() as AddressInfo;
    return `http://${loopback(settings.host)}:${port}/gateway`;
  };
}

/** A server that listens on every address is called on the loopback one. */
function loopback(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
