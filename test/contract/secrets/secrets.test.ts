/**
 * With a secret planted in every place where one can be, none is found in argv, log, plan, event or error. The finder itself is
 * tried first, on a leak of every kind.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { HostError } from '../../../src/errors.ts'
import { compileProgram } from '../../../src/host/compile-program.ts'
import { runProgram } from '../../../src/host/run-program.ts'
import { connectSsh } from '../../../src/host/ssh-host.ts'
import type { ExecRequest, Host } from '../../../src/host/types.ts'
import type { Plan, Step } from '../../../src/plan/types.ts'
import { describeError } from '../../../src/report/error.ts'
import { openLog } from '../../../src/report/log-file.ts'
import { describePlan, planAsJson } from '../../../src/report/plan.ts'
import { createRedactor } from '../../../src/report/redact.ts'
import { safeEvent } from '../../../src/report/safe-event.ts'
import type { Prepared } from '../../../src/run/cluster-run.ts'
import type { RunEvent } from '../../../src/run/events.ts'
import { lookAtPlan } from '../../../src/run/look.ts'
import { sectionsOf } from '../../../src/run/survey.ts'
import { type PlannedCluster, plannedCluster, planOf } from '../../support/plan-input.ts'
import { shellStep } from '../../support/programs.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type Planted, secretFinder } from '../../support/secret-finder.ts'
import { type ShellHost, shellHost } from '../../support/shell-host.ts'
import { reachable, secretFile } from '../../support/ssh-target.ts'

const made: { cluster?: PlannedCluster; plan?: Plan; planted?: Planted } = {}

const kubeconfigKey = (text: string): string =>
  Buffer.from(/client-key-data: (\S+)/.exec(text)?.[1] ?? '', 'base64').toString()

/** The first line of a key's own: the last ones hold its public half, which is no secret. */
const privateHalf = (pem: string): string => pem.split('\n').slice(0, 2).join('\n')

/** A registry that wants a password, which is then in a file of every host. */
const registry = {
  mirrors: { 'docker.io': [{ endpoint: 'https://mirror.example.test' }] },
  credentials: { 'mirror.example.test': { user: 'robot', passwordFile: 'x' } },
}

/** Every private key of every authority and host, those inside kubeconfigs, every token, and the passwords of registries. */
const plantedIn = ({ input, authorities }: PlannedCluster): Planted => {
  const files = [...input.identity].flatMap(([host, all]) =>
    all
      .filter(({ secret }) => secret)
      .map(({ path, content }) => [
        `${host}:${path}`,
        privateHalf(path.endsWith('.conf') ? kubeconfigKey(content) : content),
      ]),
  )
  const tokens = [...input.joinTokens].map(([host, { token }]) => [`token of ${host}`, token])
  const passwords = [...(input.registryTexts?.passwords ?? [])].flatMap(([name, password]) => [
    [`password for ${name}`, password],
    [`login at ${name}`, Buffer.from(`robot:${password}`).toString('base64')],
  ])
  const all = [['ca', privateHalf(authorities.ca.keyPem)], ...files, ...tokens, ...passwords]
  return Object.fromEntries(all)
}

beforeAll(async () => {
  made.cluster = await plannedCluster({ registry })
  made.plan = planOf(made.cluster)
  made.planted = plantedIn(made.cluster)
})

const planned = (): Plan => made.plan ?? { phases: [] }
const find = (text: string) => secretFinder(made.planted ?? {})(text)

/** A host where sudo wants its password: the answer to who we are, then a sudo that takes the first line, then the command. */
const sudoThatAsks = (command: string): readonly string[] => {
  const script = command.includes('id -u')
    ? 'echo slipway:password'
    : `sudo() { IFS= read -r given; shift 5; "$@"; }; ${command}`
  return ['sh', '-c', script]
}

/** Those that a host can have without a daemon or a kernel of its own: all that are secret are among them. */
const isPlain = ({ kind }: Step): boolean => kind === 'file' || kind === 'directory'

const plainSections = (host: string) =>
  sectionsOf(planned(), host).map(({ phase, steps }) => ({ phase, steps: steps.filter(isPlain) }))

/** Every tool of the machine, each telling its argv to a file before it is what it is. */
const recordingTools = (): { readonly folder: string; readonly told: () => string } => {
  const folder = scratchDirectory('tools')
  const record = join(scratchDirectory('record'), 'argv')
  writeFileSync(record, '')
  for (const name of readdirSync('/usr/bin').filter((each) => /^[a-z0-9]+$/.test(each) && each !== 'sh')) {
    const script = `#!/bin/dash\nprintf '%s\\n' "${name} $*" >>${record}\nexec /usr/bin/${name} "$@"\n`
    writeFileSync(join(folder, name), script)
    chmodSync(join(folder, name), 0o755)
  }
  return { folder, told: () => readFileSync(record, 'utf8') }
}

const telling = (host: ShellHost) => {
  const commands: string[] = []
  const exec = (request: ExecRequest) => {
    commands.push(request.command.join(' '))
    return host.exec(request)
  }
  return { host: { ...host, exec } satisfies Host, commands: () => commands.join('\n') }
}

test('the finder finds each planted secret, however it is written', () => {
  const planted = made.planted ?? {}
  expect(Object.keys(planted).length).toBeGreaterThan(15)
  for (const [name, secret] of Object.entries(planted)) {
    const [line = ''] = secret.split('\n').filter((each) => each.length >= 16 && !each.startsWith('-----'))
    expect(find(`openssl -k ${line} -x`)).toContain(name)
    expect(find(JSON.stringify({ text: secret }))).toContain(name)
    expect(find(`data: ${Buffer.from(secret).toString('base64')}`)).toContain(name)
  }
})

describe.each(['cp1', 'w1'])('on %s', (name) => {
  test('a look sends no secret at all: only what it hashes to', () => {
    const { tar } = compileProgram({ sections: sectionsOf(planned(), name), mode: 'check' })
    expect(find(Buffer.from(tar).toString('latin1'))).toEqual([])
  })

  test('placing them puts none into the argv of any process, and each where it belongs, closed', async () => {
    const tools = recordingTools()
    const local = shellHost('dash', [tools.folder])
    const { host, commands } = telling(local)
    const sections = plainSections(name)
    const program = compileProgram({ sections, mode: 'apply', root: local.root })
    const results = await runProgram(host, program, { doing: 'a test' })
    expect(results.every(({ status }) => status !== 'failed')).toBe(true)
    expect(tools.told()).toContain('sha256sum')
    expect(find(tools.told())).toEqual([])
    expect(find(commands())).toEqual([])
    expect(find(JSON.stringify(results))).toEqual([])
    const secrets = sections
      .flatMap(({ steps }) => steps)
      .filter((step) => step.kind === 'file' && step.secret)
    expect(secrets.length).toBeGreaterThan(0)
    for (const step of secrets)
      if (step.kind === 'file') {
        expect(readFileSync(join(local.root, step.path), 'utf8')).toBe(step.content)
        expect(step.mode).toBe(0o600)
      }
  })

  test('a plan shows none, in text, in JSON, and where an older one stands on the host', async () => {
    const host = shellHost('dash')
    const sections = plainSections(name)
    for (const step of sections.flatMap(({ steps }) => steps))
      if (step.kind === 'file') {
        mkdirSync(join(host.root, step.path, '..'), { recursive: true })
        writeFileSync(join(host.root, step.path), `${step.content}\n# older`, { mode: step.mode })
      }
    const program = compileProgram({ sections, mode: 'check', root: host.root })
    const looked = await runProgram(host, program, { doing: 'a test' })
    expect(looked.some(({ current }) => current !== undefined)).toBe(true)
    const prepared = {
      plan: planned(),
      survey: new Map([[name, looked]]),
      api: { admin: () => Promise.reject(new Error('no API yet')) },
    } as unknown as Prepared
    const shown = await lookAtPlan(prepared)
    expect(find(describePlan(shown, true))).toEqual([])
    expect(find(JSON.stringify(planAsJson(shown)))).toEqual([])
  })
})

describe('what a host prints', () => {
  const redactor = createRedactor()
  beforeAll(() => {
    for (const secret of Object.values(made.planted ?? {})) redactor.add(secret)
  })

  const leaking = () => {
    const all = Object.values(made.planted ?? {})
    return shellStep('leak', {
      probe: 'false',
      change: 'for s; do printf "%s\\n" "$s"; done; exit 1',
      args: all.slice(0, 4),
    })
  }

  test('when it is a secret, is in no error, event or log', async () => {
    const host = shellHost('dash')
    const sections = [{ phase: 'certs', steps: [leaking()] }]
    const [result] = await runProgram(host, compileProgram({ sections, mode: 'apply', root: host.root }), {
      doing: 'a test',
    })
    expect(find(result?.detail ?? '')).not.toEqual([])

    const error = new HostError('could not', { host: 'cp1', doing: 'phase certs', output: result?.detail })
    expect(find(redactor.redact(describeError(error).text))).toEqual([])

    const event: RunEvent = {
      kind: 'step',
      phase: 'certs',
      host: 'cp1',
      step: 'leak',
      title: 'leak',
      status: 'failed',
      ...(result?.detail === undefined ? {} : { detail: result.detail }),
    }
    expect(find(JSON.stringify(safeEvent(event, redactor.redact)))).toEqual([])

    const folder = scratchDirectory('logs')
    const log = openLog(folder, 'apply', redactor.redact)
    log.emit(event)
    log.close()
    expect(readFileSync(log.path, 'utf8')).toContain('leak')
    expect(find(readFileSync(log.path, 'utf8'))).toEqual([])
  })
})

test('passwords that are read for a login are hidden from then on, and are in no command', async () => {
  const [password, sudoPassword] = ['planted-login-password', 'planted-sudo-password']
  const redactor = createRedactor()
  const { server, target, pinFile } = await reachable(
    { authorized: [], password, argv: sudoThatAsks },
    { passwordFile: secretFile(password), sudoPasswordFile: secretFile(`${sudoPassword}\n`) },
  )
  const host = await connectSsh(target, { acceptNew: false, pinFile, secrets: redactor })
  onTestFinished(() => host.close())
  const { stdout } = await host.exec({ command: ['cat'], input: 'the input', doing: 'a test' })
  expect(stdout).toContain('the input')
  const planted = secretFinder({ password, sudoPassword })
  expect(planted(redactor.redact(`${password} and ${sudoPassword}`))).toEqual([])
  expect(server.commands.length).toBeGreaterThan(1)
  expect(planted(server.commands.join('\n'))).toEqual([])
})
