import { CliError, EXIT } from '../exit.js';

/** What was asked for makes no sense: a name, a type, a combination of options. */
export function usageFault(code: `TRAMLINE_${string}`, message: string): CliError {
  return new CliError(code, message, EXIT.usage);
}

/** What was asked for makes sense, and is not done here: nothing was changed. */
export function refusal(code: `TRAMLINE_${string}`, message: string): CliError {
  return new CliError(code, message, EXIT.refused);
}
