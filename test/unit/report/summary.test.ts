import { describe, expect, it } from 'vitest'
import { findingText } from '../../../src/report/findings.ts'
import { wantsColour } from '../../../src/report/paint.ts'
import { printable } from '../../../src/report/printable.ts'
import { type RunEnd, summaryText } from '../../../src/report/summary.ts'

const end = (change: Partial<RunEnd>): RunEnd => ({
  kind: 'run-end',
  outcome: 'done',
  seconds: 83.24,
  changed: 41,
  unchanged: 12,
  phases: [
    { phase: 'preflight', seconds: 0.4, changed: 0, unchanged: 3, pending: 0, failed: 0 },
    { phase: 'containerd', seconds: 12.345, changed: 40, unchanged: 9, pending: 0, failed: 0 },
    { phase: 'labels', seconds: 0.01, changed: 0, unchanged: 0, pending: 0, failed: 0 },
    { phase: 'taints', seconds: 0.01, changed: 1, unchanged: 0, pending: 0, failed: 0 },
  ],
  next: ['kubectl --kubeconfig demo/admin.conf get nodes'],
  log: 'demo/logs/x.log',
  ...change,
})

describe('summaryText', () => {
  it('says what came of it, where the time went, and what to do next', () => {
    expect(summaryText(end({}), { hosts: 3, warnings: 2 })).toMatchInlineSnapshot(`
      "Done in 83.2 s on 3 hosts: 41 changed, 12 unchanged
      2 warnings above.

        phase       seconds  changed  unchanged
        preflight       0.4        0          3
        containerd     12.3       40          9
        taints          0.0        1          0

      Next:
        kubectl --kubeconfig demo/admin.conf get nodes

      Log: demo/logs/x.log"
    `)
  })

  it.each([
    [3, 'Nothing to do: 3 hosts are as the cluster file says (1.3 s)'],
    [1, 'Nothing to do: 1 host is as the cluster file says (1.3 s)'],
  ])('is one line when there was nothing to do on %d', (hosts, text) => {
    const { log, ...rest } = end({ outcome: 'unchanged', seconds: 1.26, next: [] })
    expect(log).toBeDefined()
    expect(summaryText(rest, { hosts, warnings: 0 })).toBe(text)
  })

  it('says how far an interrupted run came', () => {
    const text = summaryText(end({ outcome: 'interrupted' }), { hosts: 3, warnings: 0 })
    expect(text).toMatch(/^Interrupted after 83\.2 s: 41 changed, 12 unchanged\n/)
  })
})

it('shows findings as kubeadm does, with the remedy below', () => {
  const finding = {
    id: 'Port-6443',
    severity: 'error',
    host: 'cp1',
    message: 'Port 6443 is in use',
    remedy: 'stop it',
  } as const
  expect(findingText(finding)).toBe('[ERROR Port-6443] cp1: Port 6443 is in use\n  stop it')
  expect(findingText({ ...finding, severity: 'warning', ignored: true })).toBe(
    '[WARNING Port-6443] cp1: Port 6443 is in use (ignored)\n  stop it',
  )
})

it.each([
  ['plain\ttext\nof two lines', 'plain\ttext\nof two lines'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['50%\r100%\r\n', '50%100%\n'],
  ['a\u0000b\u0007c\u007fd\u009be', 'abcde'],
  ['\u202eevil\u2066', 'evil'],
  ['ünïcödé 漢字 🚢', 'ünïcödé 漢字 🚢'],
])('makes %j printable', (text, shown) => {
  expect(printable(text)).toBe(shown)
})

it.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: true }, { NO_COLOR: '' }, true],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{ isTTY: true }, { TERM: 'dumb' }, false],
  [{}, {}, false],
])('colours on %j with %j: %s', (stream, env, coloured) => {
  expect(wantsColour(stream, env)).toBe(coloured)
})
