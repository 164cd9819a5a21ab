import { Transform } from 'class-transformer';
import { IsEmail, IsNotEmpty, IsString, Matches, MaxLength } from 'class-validator';

/** The body of `POST /users`. */
export class RegisterUser {
  @Transform(({ value }: { value: unknown }) => trimmed(value))
  // Unpaired surrogates and control characters would not survive the way through databases and mail headers.
  @Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'name must not contain control characters' })
  @MaxLength(200)
  @IsNotEmpty()
  @IsString()
  name!: string;

  @Transform(({ value }: { value: unknown }) => trimmed(value))
  @IsEmail()
  email!: string;

  /** Spaces, dots, hyphens and brackets are dropped, so that one number is always written in one way. */
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.replace(/[\s().-]/g, '') : value,
  )
  // Only the form is checked: lists of numbers that exist are out of date the day they are made.
  @Matches(/^\+[1-9]\d{6,14}$/, {
    message: 'phone must be a phone number in international form, like +447700900123',
  })
  phone!: string;
}

function trimmed(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : value;
}
