/** What is published works as what is developed: packed, unpacked elsewhere, and run without a type or a test in sight. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

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
  rmSync(join(root, 'dist'), { recursive: true, force: true })
})

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(made.folder, 'package/bin/slipway.js'), ...args], { encoding: 'utf8' })

describe('the package', () => {
  test('has no sources and no tests, and has what is read at run time', () => {
    const files = execFileSync('find', ['.', '-type', 'f'], {
      cwd: join(made.folder, 'package'),
      encoding: 'utf8',
    })
    expect(files).not.toMatch(/^\.\/(src|test)\//m)
    for (const needed of [
      'dist/host/shell/bootstrap.sh',
      'dist/facts/gather.sh',
      'playbooks/init.yaml',
      'bundle/catalog.yaml',
    ])
      expect(files).toContain(`./${needed}\n`)
  })

  test('runs: phases, schema, and a cluster file that is wrong', () => {
    expect(run('phase', 'list').stdout).toContain('kubelet-start')
    expect(JSON.parse(run('config', 'schema').stdout)).toHaveProperty('properties')
    const { status, stderr } = run('apply', '-c', '/nonexistent/cluster.yaml')
    expect(status).toBe(2)
    expect(stderr).toContain('/nonexistent/cluster.yaml')
  })

  test('reaches for a host with the programs that came along', () => {
    const script = `import('${join(made.folder, 'package/dist/host/shell-library.js')}').then(({ bootstrap }) => console.log(bootstrap.length))`
    expect(Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }))).toBeGreaterThan(100)
  })
})
