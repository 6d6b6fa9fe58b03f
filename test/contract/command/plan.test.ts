/** `slipway plan` on a terminal: what draws there is ended, or the command would never end. */
import { expect, test } from 'vitest'
import { oneHostCluster } from '../../support/one-host-cluster.ts'
import { onTerminal } from '../../support/terminal.ts'

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'

test('a plan that cannot be made ends, says why, and gives the terminal back', async () => {
  const file = oneHostCluster()
  const { code, shown } = await onTerminal(['plan', '-c', file], [])
  expect(code, shown).toBe(1)
  expect(shown).toContain('is sshd running')
  expect(shown.lastIndexOf(showCursor)).toBeGreaterThan(shown.lastIndexOf(hideCursor))
})
