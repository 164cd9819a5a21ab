export { execute } from './execute.js';
export { ExecuteClient, questionMarks, type Library } from './execute-client.js';
