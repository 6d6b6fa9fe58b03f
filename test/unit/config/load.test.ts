import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { loadCluster } from '../../../src/config/load.ts'
import { UserError } from '../../../src/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'slipway-load-'))
afterAll(() => rmSync(folder, { recursive: true }))

const minimal =
  'apiVersion: slipway/v1\nkind: Cluster\nname: demo\nkubernetes: { version: 1.37.1 }\nhosts:\n  - { name: cp1, address: 10.0.0.11, role: control-plane }\n'

const refusal = async (name: string, contents?: string | Uint8Array): Promise<UserError> => {
  const path = join(folder, name)
  if (contents !== undefined) writeFileSync(path, contents)
  const error = await loadCluster(path, { checkIds: [] }).catch((thrown: unknown) => thrown)
  if (error instanceof UserError) return error
  throw new Error(`no UserError: ${String(error)}`)
}

describe('loadCluster', () => {
  it('reads a file, with or without a byte order mark', async () => {
    const path = join(folder, 'bom.yaml')
    writeFileSync(path, `\ufeff${minimal}`)
    await expect(loadCluster(path, { checkIds: [] })).resolves.toMatchObject({ name: 'demo' })
  })

  it('says all problems, each on a line that editors can follow', async () => {
    const { message, exitCode } = await refusal(
      'bad.yaml',
      minimal.replace('demo', 'D').replace('1.37.1', '1.2.3'),
    )
    expect(exitCode).toBe(2)
    expect(message.replaceAll(folder, '')).toMatchInlineSnapshot(`
      "/bad.yaml has 2 problems:
      /bad.yaml:3:7: name: "D" must be lower case letters, digits and "-", as in "w1" (DNS-1123).
      /bad.yaml:4:24: Kubernetes 1.2.3 is not one that this release installs. It installs 1.37.1, 1.36.4."
    `)
  })

  it.each<[string, RegExp, (string | Uint8Array)?]>([
    ['missing.yaml', /there is no such file/],
    ['.', /it is a directory/],
    ['latin1.yaml', /is not UTF-8 text/, Uint8Array.of(0x6e, 0xe4, 0x0a)],
    ['huge.yaml', /is no cluster file/, new Uint8Array(5 * 1024 * 1024)],
  ])('%s: %s', async (name, message, contents) => {
    expect((await refusal(name, contents)).message).toMatch(message)
  })
})
