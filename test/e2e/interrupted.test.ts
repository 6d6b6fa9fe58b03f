/** slipway is killed at random moments of an install, and run again: the end is that of an undisturbed run. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { useLab } from '../support/lab.ts'
import { kubectl, onHost } from '../support/on-host.ts'
import { slipway, startSlipway } from '../support/slipway.ts'

const lab = useLab({ workers: 1 })

/** Somewhere between the first connection and the last wait, each time further on. */
const moments = [0, 1, 2].map((nth) => Math.round(1500 + nth * 6000 + Math.random() * 6000))

test('killed three times, run again: the same cluster, and nothing left behind', {
  timeout: 900_000,
}, async () => {
  await createBundle({ kubernetes: '1.37.1', arch: 'amd64', say: () => undefined })
  for (const moment of moments) {
    const { child, ended } = startSlipway('apply', '-c', lab().clusterFile)
    await sleep(moment)
    child.kill('SIGKILL')
    await ended
  }
  const last = await slipway('apply', '-c', lab().clusterFile)
  expect(last.code, `killed after ${moments.join(', ')} ms\n${last.stderr}`).toBe(0)
  const again = await slipway('apply', '-c', lab().clusterFile)
  expect(again.stdout).toContain('Nothing to do')
  expect((await kubectl(lab(), 'get nodes --no-headers')).match(/ Ready /g)).toHaveLength(2)
  for (const host of ['cp1', 'w1']) {
    const leftovers =
      'ls -d /run/slipway.* /etc/kubernetes/.[!.]* /etc/kubernetes/manifests/.[!.]* 2>/dev/null || true'
    expect(await onHost(lab(), host, leftovers)).toBe('')
  }
  const tokens = await slipway('token', 'list', '-c', lab().clusterFile)
  expect(
    tokens.stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '').length,
  ).toBeLessThanOrEqual(3)
})
