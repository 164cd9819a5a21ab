import { IsInt, IsNotEmpty, IsNumber, IsString, Matches, Max, Min } from 'class-validator';

/** The body of `POST /gateway`. */
export class SendMessage {
  @Matches(/^\+[1-9]\d{6,14}$/, {
    message: 'to must be a phone number in international form, like +447700900123',
  })
  to!: string;

  @IsString()
  @IsNotEmpty()
  text!: string;
}

/** The body of `POST /gateway/failures`. What it leaves out is 0, so `{}` mends the gateway. */
export class FailAs {
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  next: number = 0;

  @IsNumber()
  @Min(0)
  @Max(1)
  rate: number = 0;
}
