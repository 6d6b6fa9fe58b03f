/** A host whose disk fills up in the middle of a push: said as that, nothing half there, and the next run goes on. */
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { BinaryStep } from '../../../src/plan/types.ts'
import { attempt, fileStep, statuses } from '../../support/programs.ts'
import { shellHost, shells } from '../../support/shell-host.ts'
import { smallDisk } from '../../support/small-disk.ts'

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const noise = randomBytes(900_000)
const packed = gzipSync(noise)
const kubelet: BinaryStep = {
  kind: 'binary',
  id: '/opt/bin/kubelet',
  title: 'install /opt/bin/kubelet',
  path: '/opt/bin/kubelet',
  mode: 0o755,
  sha256: digest(noise),
  size: noise.length,
  blob: { digest: `sha256:${digest(packed)}`, size: packed.length },
}
const blobs = { read: () => Readable.from([packed.subarray(0, 5000), packed.subarray(5000)]) }
const noRoom = expect.stringContaining('no space is left')

describe.each(shells)('%s', (shell) => {
  it('an executable that does not fit', async () => {
    const host = shellHost(shell)
    const folder = join(host.root, 'opt/bin')
    const disk = smallDisk(folder, '400k')
    const steps = [fileStep('/etc/first', 'x'), kubelet, fileStep('/etc/last', 'x')]
    const payload = [{ phase: 'test', step: kubelet.id, missingBlobs: [kubelet.blob.digest] }]
    const results = await attempt(host, steps, { payload, blobs })
    expect(statuses(results)).toEqual(['changed', 'failed'])
    expect(results[1]).toMatchObject({ detail: noRoom })
    expect(readdirSync(folder)).toEqual([])

    disk.grow('4m')
    expect(statuses(await attempt(host, steps, { payload, blobs }))).toEqual([
      'unchanged',
      'changed',
      'changed',
    ])
    expect(readFileSync(join(folder, 'kubelet')).equals(noise)).toBe(true)
  })

  it('a file that does not fit leaves the one that was there', async () => {
    const host = shellHost(shell)
    const disk = smallDisk(join(host.root, 'etc/small'), '64k')
    const path = '/etc/small/file'
    await attempt(host, [fileStep(path, 'before')])
    const step = fileStep(path, 'x'.repeat(200_000))
    expect(await attempt(host, [step])).toMatchObject([{ status: 'failed', detail: noRoom }])
    expect(readFileSync(join(host.root, path), 'utf8')).toBe('before')
    expect(readdirSync(join(host.root, 'etc/small'))).toEqual(['file'])
    disk.grow('1m')
    expect(statuses(await attempt(host, [step]))).toEqual(['changed'])
  })
})
