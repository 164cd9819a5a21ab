import type { Answer, Question } from './child.ts';

/** What a child can be asked. `stop` closes all it holds, so that the process can end. */
export interface Service {
  readonly [method: string]: (argument: never) => unknown;
  readonly stop: () => unknown;
}

/** The settings that the parent gave this process. */
export function settingsOf<Settings>(): Settings {
  return JSON.parse(process.argv[2] ?? '{}') as Settings;
}

/** Answers the parent's questions in this process until the parent goes. */
export function serve(service: Service): void {
  process.on('message', ({ id, method, argument }: Question) => {
    void answer(service, method, argument).then((reply) => {
      // The parent may be gone by now; `disconnect` says so.
      process.send!({ id, ...reply } satisfies Answer, () => {});
    });
  });
  // Nobody must stay behind a parent that was killed. After `stop` this is the regular end.
  process.once('disconnect', () => process.exit());
}

async function answer(service: Service, method: string, argument: unknown) {
  try {
    return { result: await service[method]!(argument as never) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
