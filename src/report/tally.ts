/** What the summary needs to know of the events before it. */
import type { RunEvent } from '../run/events.ts'

export type Tally = {
  readonly add: (event: RunEvent) => void
  readonly get: () => { readonly hosts: number; readonly warnings: number }
}

export const tally = (): Tally => {
  let hosts = 0
  let warnings = 0
  return {
    add: (event) => {
      if (event.kind === 'run-start') hosts = event.hosts.length
      if (event.kind === 'message' && event.level === 'warning') warnings++
      if (event.kind === 'finding' && event.finding.severity === 'warning') warnings++
    },
    get: () => ({ hosts, warnings }),
  }
}
