/** What is published works as what is developed: packed, unpacked elsewhere, and run without a type or a test in sight. */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oneHostCluster } from '../support/one-host-cluster.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const made = { folder: '' }

beforeAll(() => {
  made.folder = mkdtempSync(join(tmpdir(), 'slipway-package-'))
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', made.folder], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replace(/^[^[]*/, ''),
  ) as readonly [{ readonly filename: string }]
  execFileSync('tar', ['-xzf', join(made.folder, packed.filename), '-C', made.folder])
  symlinkSync(join(root, 'node_modules'), join(made.folder, 'package', 'node_modules'))
})
afterAll(() => {
  rmSync(made.folder, { recursive: true, force: true })
})

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(made.folder, 'package/bin/slipway.js'), ...args], { encoding: 'utf8' })

describe('the package', () => {
  test('has no sources and no tests, and has what is read at run time', () => {
    const listed = (command: string, args: readonly string[], cwd: string): readonly string[] =>
      execFileSync(command, args, { cwd, encoding: 'utf8' }).trimEnd().split('\n')
    const files = listed('find', ['.', '-type', 'f', '-printf', '%P\\n'], join(made.folder, 'package'))
    expect(files.filter((file) => file.startsWith('test/') || file.endsWith('.ts'))).toEqual([])
    const read = ['src/*.sh', 'playbooks', 'templates', 'bundle', 'vagrant']
    const needed = listed('git', ['ls-files', ...read], root).filter((file) => !file.endsWith('.gitignore'))
    expect(files).toEqual(expect.arrayContaining(needed))
  })

  test('runs: phases, schema, and a cluster file that is wrong', () => {
    expect(run('phase', 'list').stdout).toContain('kubelet-start')
    expect(JSON.parse(run('config', 'schema').stdout)).toHaveProperty('properties')
    const { status, stderr } = run('apply', '-c', '/nonexistent/cluster.yaml')
    expect(status).toBe(2)
    expect(stderr).toContain('/nonexistent/cluster.yaml')
  })

  test('reaches for a host with the programs that came along', () => {
    const { status, stderr } = run('plan', '-c', oneHostCluster())
    expect(stderr).toContain('is sshd running')
    expect(status).toBe(1)
  })
})

test('a checkout runs what was built, and its sources as soon as one of them is another', () => {
  const copy = join(made.folder, 'checkout')
  mkdirSync(copy)
  const parts = ['bin', 'src', 'dist', 'package.json', 'package-lock.json'].map((name) => join(root, name))
  execFileSync('cp', ['-a', ...parts, copy])
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const built = join(copy, 'dist/cli.js')
  writeFileSync(built, readFileSync(built, 'utf8').replace('Bare Linux hosts', 'What was built'))
  const help = (): string =>
    execFileSync(process.execPath, [join(copy, 'bin/slipway.js'), '--help']).toString()
  expect(help()).toContain('What was built')
  appendFileSync(join(copy, 'src/errors.ts'), '\n')
  expect(help()).not.toContain('What was built')
})
