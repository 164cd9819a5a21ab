import { EventContract } from '@tramline/nest';
import { IsEmail, IsInt, IsNotEmpty, IsPositive, IsString, IsUUID } from 'class-validator';

/**
 * A user was given points. It carries the name and the address of that user, so that who tells them about it need
 * neither ask another service nor keep a copy of the users.
 */
@EventContract('points.awarded', { key: 'userId' })
export class PointsAwarded {
  @IsUUID()
  userId!: string;

  @IsString()
  @IsNotEmpty()
  name!: string;

  @IsEmail()
  email!: string;

  @IsInt()
  @IsPositive()
  points!: number;

  /** What the points are for, once per user: `registration`. */
  @IsString()
  @IsNotEmpty()
  reason!: string;
}
