import { EventContract } from '@tramline/nest';
import { IsEmail, IsNotEmpty, IsString, IsUUID, Matches } from 'class-validator';

/** A person has registered. Published once per user, by whoever keeps the users. */
@EventContract('user.registered', { key: 'userId' })
export class UserRegistered {
  @IsUUID()
  userId!: string;

  @IsString()
  @IsNotEmpty()
  name!: string;

  @IsEmail()
  email!: string;

  /** In international form (E.164), written in one way only: `+447700900123`. */
  @Matches(/^\+[1-9]\d{6,14}$/)
  phone!: string;
}
