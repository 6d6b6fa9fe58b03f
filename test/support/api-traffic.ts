/**
 * A client that uses the API all the time, to see what a change of the cluster takes from it. Takes how to use it once; gives how
 * often it did not work, and for how long at a time.
 */
import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { readKubeconfig } from '../../src/pki/read-kubeconfig.ts'

/** `at`: when it began, in milliseconds. */
export type Gap = { readonly at: number; readonly seconds: number; readonly why: string }

export type Traffic = { readonly used: number; readonly gaps: readonly Gap[] }

/** How long a client is waited for that is told to stop while nothing works. */
const lastGapSeconds = 180

type State = { used: number; gaps: Gap[]; since?: Omit<Gap, 'seconds'>; stopAt: number }

const useOnce = async (state: State, use: (nth: number) => Promise<void>): Promise<void> => {
  const at = Date.now()
  try {
    await use(state.used++)
    if (state.since) state.gaps.push({ ...state.since, seconds: (Date.now() - state.since.at) / 1000 })
    delete state.since
  } catch (error) {
    state.since ??= { at, why: error instanceof Error ? error.message : String(error) }
  }
  await sleep(Math.max(0, 100 - (Date.now() - at)))
}

/**
 * One use, every tenth of a second, until it is told to stop, and then until it has worked once more. A gap lasts from the first
 * failure to the next success; one that did not end is infinite.
 */
export const keepUsing = (use: (nth: number) => Promise<void>): { readonly stop: () => Promise<Traffic> } => {
  const state: State = { used: 0, gaps: [], stopAt: Number.POSITIVE_INFINITY }
  const goesOn = (): boolean =>
    Date.now() < state.stopAt ||
    (state.since !== undefined && Date.now() < state.stopAt + lastGapSeconds * 1000)
  const ended = (async () => {
    while (goesOn()) await useOnce(state, use)
  })()
  return {
    stop: async () => {
      state.stopAt = Date.now()
      await ended
      if (state.since) state.gaps.push({ ...state.since, seconds: Number.POSITIVE_INFINITY })
      return { used: state.used, gaps: state.gaps }
    },
  }
}

/** Reads and writes in turn, each over a connection of its own, with the kubeconfig as it is just now: as kubectl would. */
export const readAndWrite =
  (kubeconfig: string) =>
  async (nth: number): Promise<void> => {
    const read = readKubeconfig(await readFile(kubeconfig, 'utf8'))
    if (!read) throw new Error(`${kubeconfig} is no kubeconfig`)
    const body = nth % 2 === 0 ? undefined : JSON.stringify({ data: { written: String(nth) } })
    await new Promise<void>((resolve, reject) => {
      const sent = request(
        new URL('/api/v1/namespaces/default/configmaps/traffic', read.server),
        {
          agent: false,
          ca: read.caPem,
          cert: read.certPem,
          key: read.keyPem,
          method: body === undefined ? 'GET' : 'PATCH',
          timeout: 2000,
          headers: body === undefined ? {} : { 'Content-Type': 'application/merge-patch+json' },
        },
        (answer) => {
          answer
            .resume()
            .on('end', () =>
              answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`)),
            )
        },
      )
      sent.on('timeout', () => sent.destroy(new Error('no answer')))
      sent.on('error', reject)
      sent.end(body)
    })
  }
