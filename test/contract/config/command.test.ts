import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const slipway = (...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/slipway.js', 'config', ...args], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const fixture = (name: string): string => `test/fixtures/config/${name}.yaml`

describe('slipway config', () => {
  it('says that a file is right', () => {
    expect(slipway('validate', '-c', fixture('valid-design'))).toEqual({
      status: 0,
      stdout: 'test/fixtures/config/valid-design.yaml: ok, 2 hosts\n',
      stderr: '',
    })
  })

  it('says what is wrong on stderr, and exits with 2', () => {
    const { status, stdout, stderr } = slipway('validate', '-c', fixture('invalid-no-control-plane'))
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^test\/fixtures\/config\/invalid-no-control-plane\.yaml:6:3: no host is a/m)
  })

  it('says the same as JSON on stdout', () => {
    const { status, stdout } = slipway('validate', '--output', 'json', '-c', fixture('invalid-empty'))
    expect(status).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ line: 1, column: 1 }] })
  })

  it('prints the JSON Schema', () => {
    expect(JSON.parse(slipway('schema').stdout)).toMatchObject({ type: 'object' })
  })
})
