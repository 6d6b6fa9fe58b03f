/** `slipway plan` on a terminal: what draws there is ended, or the command would never end. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchDirectory } from '../../support/scratch.ts'
import { onTerminal } from '../../support/terminal.ts'
import { wholeBundle } from '../../support/whole-bundle.ts'

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

test('a plan that cannot be made ends, says why, and gives the terminal back', async () => {
  const file = join(scratchDirectory('cluster'), 'cluster.yaml')
  const cluster = {
    apiVersion: 'slipway/v1',
    kind: 'Cluster',
    name: 'unreachable',
    kubernetes: { version: '1.37.1' },
    bundle: { file: wholeBundle() },
    ssh: { user: 'ops', agent: false, configFile: '/dev/null', port: 1 },
    hosts: [{ name: 'cp1', address: '10.0.0.11', role: 'control-plane', ssh: { address: '127.0.0.1' } }],
  }
  writeFileSync(file, JSON.stringify(cluster))
  const { code, shown } = await onTerminal(['plan', '-c', file], [])
  expect(code, shown).toBe(1)
  expect(shown).toContain('is sshd running')
  expect(shown.lastIndexOf(showCursor)).toBeGreaterThan(shown.lastIndexOf(hideCursor))
})
