/** Whether a path is TypeScript of the project itself: no spec, no declarations, nothing built or installed. */
export function isSource(path: string): boolean {
  return /(?<!\.d|\.spec|\.test)\.ts$/.test(path) && !/(^|\/)(node_modules|dist)\//.test(path);
}
