/**
 * One run at a time on a host. The lock is a directory under /run, held by a command that lives exactly as long as its standard
 * input, that is, as long as the connection: a run that is killed holds no lock. Who holds it is written inside.
 */
import { hostname, userInfo } from 'node:os'
import { HostError } from '../errors.ts'
import type { Host } from '../host/types.ts'

export type Lock = { readonly release: () => Promise<void> }

const lockDirectory = '/run/slipway.lock'

// Taken over from a holder that is gone (the machine lost power, the process was killed before it could tidy up).
const holdLock = `
lock=$1 owner=$2
if ! mkdir "$lock" 2>/dev/null; then
  holder=$(cat "$lock/pid" 2>/dev/null)
  if [ -n "$holder" ] && kill -0 "$holder" 2>/dev/null; then echo "held $(cat "$lock/owner" 2>/dev/null)"; exit 0; fi
fi
mkdir -p "$lock"; echo $$ >"$lock/pid"; echo "$owner" >"$lock/owner"
trap 'rm -rf "$lock"' EXIT; trap 'exit 0' HUP INT TERM PIPE
echo taken
cat >/dev/null`

const takeLock = (host: Host): Promise<Lock> =>
  new Promise((resolve, reject) => {
    const doing = 'taking the lock'
    const owner = `${userInfo().username}@${hostname()}, process ${process.pid}, since ${new Date().toISOString()}`
    const letGo = Promise.withResolvers<Uint8Array>()
    async function* untilReleased(): AsyncGenerator<Uint8Array> {
      yield await letGo.promise
    }
    const ended = host.exec({
      command: ['sh', '-c', holdLock, 'slipway', lockDirectory, owner],
      input: untilReleased(),
      doing,
      onStdout: (text) => {
        if (text.startsWith('taken')) {
          resolve({
            release: async () => {
              letGo.resolve(new Uint8Array())
              await ended.catch(() => undefined)
            },
          })
        }
        if (text.startsWith('held')) {
          letGo.resolve(new Uint8Array())
          reject(
            new HostError(`another run is working on ${host.name}: ${text.slice(5).trim()}`, {
              host: host.name,
              doing,
              hint: 'wait until it has ended, or end it',
            }),
          )
        }
      },
    })
    ended.then(({ stdout, stderr, code }) => {
      if (!stdout.startsWith('taken') && !stdout.startsWith('held'))
        reject(
          new HostError(`cannot take the lock on ${host.name}`, {
            host: host.name,
            doing,
            exitCode: code,
            output: stderr,
          }),
        )
    }, reject)
  })

export const takeLocks = async (hosts: readonly Host[]): Promise<readonly Lock[]> => {
  const outcomes = await Promise.allSettled(hosts.map(takeLock))
  const taken = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const refused = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  )
  if (refused.length === 0) return taken
  await Promise.all(taken.map((lock) => lock.release()))
  throw refused.length === 1 ? refused[0] : new AggregateError(refused, 'the hosts are in use')
}
