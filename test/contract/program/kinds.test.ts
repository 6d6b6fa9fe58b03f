/** Each kind of step on a host where its object is absent, different, and as wanted: on every shell. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Step } from '../../../src/plan/types.ts'
import { attempt, fileStep, shellStep, statuses, treeOf } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const write = (path: string, content: string, mode = 0o644): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  chmodSync(path, mode)
}
const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8)

type Case = {
  readonly name: string
  readonly step: Step
  /** Makes what is there before. */
  readonly given: (root: string) => void
  readonly detail: string
  /** Looks at what is there at the end. */
  readonly after: (root: string) => void
}

const file = fileStep('/etc/slipway/a.conf', 'wanted\n', { mode: 0o640 })
const fileIsThere = (root: string): void => {
  expect(readFileSync(join(root, file.path), 'utf8')).toBe('wanted\n')
  expect(modeOf(join(root, file.path))).toBe('640')
  expect(readdirSync(join(root, 'etc/slipway'))).toEqual(['a.conf'])
}

const fileCases: readonly Case[] = [
  {
    name: 'file, absent',
    step: file,
    given: () => undefined,
    detail: 'absent',
    after: (root) => {
      fileIsThere(root)
      expect(modeOf(join(root, 'etc/slipway'))).toBe('755')
    },
  },
  {
    name: 'file, other content of the same size',
    step: file,
    given: (root) => write(join(root, file.path), 'Wanted\n', 0o640),
    detail: 'other content',
    after: fileIsThere,
  },
  {
    name: 'file, other mode',
    step: file,
    given: (root) => write(join(root, file.path), 'wanted\n', 0o666),
    detail: 'mode 666, wanted 640',
    after: fileIsThere,
  },
  {
    name: 'file, a link to a directory in its place',
    step: file,
    given: (root) => {
      mkdirSync(join(root, 'etc/slipway'), { recursive: true })
      symlinkSync('.', join(root, file.path))
    },
    detail: 'a symbolic link',
    after: fileIsThere,
  },
]

const directory: Step = { kind: 'directory', id: 'd', title: 'Make d', path: '/var/lib/etcd', mode: 0o700 }
const directoryIsThere = (root: string): void => expect(modeOf(join(root, 'var/lib/etcd'))).toBe('700')
const link: Step = { kind: 'link', id: 'l', title: 'Link l', path: '/etc/cni/link', target: '-f /a target' }
const linkIsThere = (root: string): void =>
  expect(readlinkSync(join(root, 'etc/cni/link'))).toBe('-f /a target')
const absent: Step = { kind: 'absent', id: 'a', title: 'Remove a', path: '/var/gone' }
const isGone = (root: string): void => expect(existsSync(join(root, 'var/gone'))).toBe(false)
const shell = shellStep('s', {
  args: ["it's $HOME; `id`\n", '-n', ''],
  probe: '[ $# -eq 3 ]\n[ "$(cat "$root/said")" = "$1$2$3." ]',
  change: 'printf "%s%s%s." "$1" "$2" "$3" >"$root/said"',
})
const hasSaid = (root: string): void =>
  expect(readFileSync(join(root, 'said'), 'utf8')).toBe("it's $HOME; `id`\n-n.")

const otherCases: readonly Case[] = [
  {
    name: 'directory, absent',
    step: directory,
    given: () => undefined,
    detail: 'absent',
    after: directoryIsThere,
  },
  {
    name: 'directory, other mode, through a link to another disk',
    step: directory,
    given: (root) => {
      mkdirSync(join(root, 'disk'), { mode: 0o755 })
      mkdirSync(join(root, 'var/lib'), { recursive: true })
      symlinkSync(join(root, 'disk'), join(root, 'var/lib/etcd'))
    },
    detail: 'mode 755, wanted 700',
    after: directoryIsThere,
  },
  { name: 'link, absent', step: link, given: () => undefined, detail: 'absent', after: linkIsThere },
  {
    name: 'link, to another directory',
    step: link,
    given: (root) => {
      mkdirSync(join(root, 'etc/cni'), { recursive: true })
      symlinkSync('.', join(root, 'etc/cni/link'))
    },
    detail: 'another target',
    after: linkIsThere,
  },
  {
    name: 'link, a file in its place',
    step: link,
    given: (root) => write(join(root, 'etc/cni/link'), ''),
    detail: 'not a link',
    after: linkIsThere,
  },
  {
    name: 'absent, a tree',
    step: absent,
    given: (root) => write(join(root, 'var/gone/a/b'), ''),
    detail: 'present',
    after: isGone,
  },
  {
    name: 'absent, a link to nowhere',
    step: absent,
    given: (root) => {
      mkdirSync(join(root, 'var'))
      symlinkSync('/nowhere', join(root, 'var/gone'))
    },
    detail: 'present',
    after: isGone,
  },
  { name: 'shell, hostile arguments', step: shell, given: () => undefined, detail: '', after: hasSaid },
]

const runThrice = async (host: ShellHost, { step, detail, after }: Case): Promise<void> => {
  const before = treeOf(host.root)
  const [checked] = await attempt(host, [step], { mode: 'check' })
  expect(checked).toMatchObject({ status: 'pending', ...(detail !== '' && { detail }) })
  expect(treeOf(host.root)).toEqual(before)

  expect(statuses(await attempt(host, [step]))).toEqual(['changed'])
  after(host.root)
  const settled = treeOf(host.root)
  expect(statuses(await attempt(host, [step]))).toEqual(['unchanged'])
  expect(statuses(await attempt(host, [step], { mode: 'check' }))).toEqual(['unchanged'])
  expect(treeOf(host.root)).toEqual(settled)
  expect(host.channels()).toBe(4)
}

describe.each(shells)('%s', (shellName) => {
  it.each([...fileCases, ...otherCases])('$name', async (each) => {
    const host = shellHost(shellName)
    each.given(host.root)
    await runThrice(host, each)
  })

  it('answers for all the phases of a plan in one channel', async () => {
    const host = shellHost(shellName)
    const steps = Array.from({ length: 40 }, (_, at) => fileStep(`/etc/f${at}`, `content ${at}\n`))
    expect(new Set(statuses(await attempt(host, steps)))).toEqual(new Set(['changed']))
    expect(host.channels()).toBe(1)
  })
})
