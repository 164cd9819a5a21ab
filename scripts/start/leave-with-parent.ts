/**
 * Loaded before a service: ends it, as Ctrl-C would, when the process that started it is gone and its end of our standard
 * input is closed. Without this a start script that is killed would leave services behind that hold the ports.
 */
process.stdin.on('close', () => process.kill(process.pid, 'SIGTERM'));
process.stdin.resume();
// A service that has nothing else to do may end.
(process.stdin as { unref?: () => void }).unref?.();
