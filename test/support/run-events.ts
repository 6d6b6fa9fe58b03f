/** What a run has said with `--output json`. Takes its standard output; gives its events, and what matters of them. */
import type { RunEvent } from '../../src/run/events.ts'

export const eventsOf = (stdout: string): readonly RunEvent[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

export const messagesOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.kind === 'message' ? [event.text] : []))

/** What it says at its end that is to be done next; of a rotation, at the end of each stage. */
export const nextOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.kind === 'run-end' ? event.next : []))

/** How often the API server was replaced. */
export const apiServerRestarts = (events: readonly RunEvent[]): number =>
  events.filter(
    (event) =>
      event.kind === 'step' && event.status === 'changed' && event.title.endsWith('/kube-apiserver.yaml'),
  ).length
