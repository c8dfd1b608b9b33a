// node watch.mjs ADDRESS TOKEN run|store ID [SECONDS]: prints every "progress" message as a line of JSON until the
// run is finished, with the time it came; {"closed":true} when the server closed the connection. With the token "-" it only tries to connect.
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const [address, token, what, id, seconds = '60'] = process.argv.slice(2);
const print = (line) => console.log(JSON.stringify(line));

const connection = new HubConnectionBuilder()
  .withUrl(`${address}/hubs/progress`, token === '-' ? {} : { accessTokenFactory: () => token })
  .configureLogging(LogLevel.None)
  .build();

const finished = new Promise((resolve) => {
  connection.on('progress', (run) => {
    print({ ...run, receivedAt: Date.now() });
    if (['succeeded', 'failed', 'cancelled'].includes(run.status)) resolve();
  });
  connection.onclose(() => resolve('closed'));
  setTimeout(resolve, Number(seconds) * 1000).unref();
});

try {
  await connection.start();
  await connection.invoke(what === 'store' ? 'WatchStore' : 'Watch', id);
  if (await finished === 'closed') print({ closed: true });
} catch (error) {
  print({ error: String(error.message ?? error) });
}
await connection.stop();
