import {
  Body,
  ConflictException,
  Controller,
  Get,
  NotFoundException,
  Param,
  Post,
  ValidationPipe,
} from '@nestjs/common';
import { Announcer } from './announcer.js';
import { RegisterUser } from './register-user.js';
import { EmailTakenError, type User } from './user.js';
import { UsersStore } from './users.store.js';

@Controller('users')
export class UsersController {
  constructor(
    private readonly users: UsersStore,
    private readonly announcer: Announcer,
  ) {}

  /** Answers as soon as the row is durable: from there on the announcer sees to it that the world hears of it. */
  @Post()
  register(@Body(new ValidationPipe({ transform: true, forbidUnknownValues: true })) body: RegisterUser): {
    userId: string;
  } {
    try {
      const registration = this.users.add(body);
      void this.announcer.announce(registration);
      return { userId: registration.user.userId };
    } catch (error) {
      if (error instanceof EmailTakenError) throw new ConflictException(error.message, { cause: error });
      throw error;
    }
  }

  @Get(':userId')
  find(@Param('userId') userId: string): User {
    const user = this.users.find(userId);
    if (!user) throw new NotFoundException(`There is no user ${userId}`);
    return user;
  }
}
