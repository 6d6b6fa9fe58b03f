/** Nodes of a lab's cluster. Takes the lab. */
import { expect } from 'vitest'
import type { Lab } from '../../src/lab/types.ts'
import { eventually, kubectl } from './on-host.ts'

/** Each of its hosts is one. A kubelet that was just restarted, on a busy machine, may be late to say so. */
export const nodesAreReady = (lab: Lab): Promise<void> =>
  eventually('every node is Ready', async () =>
    expect((await kubectl(lab, 'get nodes --no-headers')).match(/ Ready /g)).toHaveLength(lab.hosts.length),
  )
