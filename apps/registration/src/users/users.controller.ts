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
import { RegisterUser } from './register-user.js';
import { Registrations } from './registrations.js';
import { EmailTakenError, type User } from './user.js';
import { UsersStore } from './users.store.js';

@Controller('users')
export class UsersController {
  constructor(
    private readonly registrations: Registrations,
    private readonly users: UsersStore,
  ) {}

  /** Answers as soon as row and event are durable; they may not have reached anybody yet. */
  @Post()
  async register(
    @Body(new ValidationPipe({ transform: true, forbidUnknownValues: true })) body: RegisterUser,
  ): Promise<{ userId: string }> {
    try {
      return { userId: await this.registrations.register(body) };
    } catch (error) {
      if (error instanceof EmailTakenError) throw new ConflictException(error.message, { cause: error });
      throw error;
    }
  }

  @Get(':userId')
  async find(@Param('userId') userId: string): Promise<User> {
    const user = await this.users.find(userId);
    if (!user) throw new NotFoundException(`There is no user ${userId}`);
    return user;
  }
}
