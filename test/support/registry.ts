/**
 * A real registry: Debian's docker-registry, on loopback, with a folder of its own. Takes how it is to be reached; gives where, and
 * what it was asked. It ends with the test.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { get as secureGet } from 'node:https'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { scratchDirectory } from './scratch.ts'

export type RegistryShape = {
  /** PEM files. */
  readonly tls?: { readonly certificate: string; readonly key: string }
  /** Only for `alice`. */
  readonly login?: boolean
  /** Let in who shows a token that this one gave out. */
  readonly tokens?: {
    readonly realm: string
    readonly service: string
    readonly issuer: string
    readonly certificate: string
  }
}

export type Registry = {
  readonly port: number
  /** `http://127.0.0.1:41234` */
  readonly origin: URL
  readonly folder: string
  /** What was asked since the last time: `HEAD /v2/pause/manifests/3.10 200`, in the order in which it was answered. */
  readonly requests: () => Promise<readonly string[]>
}

export const alice = { user: 'alice', password: 'open sesame' } as const

/** bcrypt, the only kind that docker-registry reads: of alice's password, with a cost that tests can wait for. */
const htpasswd = 'alice:$2y$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy\n'

const configuration = (folder: string, { tls, login, tokens }: RegistryShape) => ({
  version: '0.1',
  log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
  storage: { filesystem: { rootdirectory: join(folder, 'data') } },
  http: {
    addr: '127.0.0.1:0',
    secret: 'only for tests',
    ...(tls && { tls: { certificate: tls.certificate, key: tls.key } }),
  },
  ...(login && { auth: { htpasswd: { realm: 'tests', path: join(folder, 'htpasswd') } } }),
  ...(tokens && {
    auth: {
      token: {
        realm: tokens.realm,
        service: tokens.service,
        issuer: tokens.issuer,
        rootcertbundle: tokens.certificate,
      },
    },
  }),
})

type LogLine = {
  readonly msg?: string
  readonly 'http.request.method'?: string
  readonly 'http.request.uri'?: string
  readonly 'http.response.status'?: number
}

const endOf = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

/** The registry writes a line before it sends an answer: when this question's is there, so are those of all that was answered. */
const askedBy =
  (origin: URL, lines: string[], news: EventEmitter) => async (): Promise<readonly string[]> => {
    const mark = `/v2/?${randomUUID()}`
    const ask = origin.protocol === 'https:' ? secureGet : get
    const isMarked = (line: string): boolean => line.includes(mark)
    const question = ask(new URL(mark, origin), { rejectUnauthorized: false }, (answer) => answer.resume())
    // The line is enough: the test may end before the answer comes, and the registry with it.
    question.on('error', () => undefined)
    while (!lines.some(isMarked)) await once(news, 'line')
    return lines.splice(0).filter((line) => !isMarked(line))
  }

export const startRegistry = async (shape: RegistryShape = {}): Promise<Registry> => {
  const folder = scratchDirectory('registry')
  const file = join(folder, 'config.yml')
  // YAML is a superset of JSON.
  writeFileSync(file, JSON.stringify(configuration(folder, shape)))
  writeFileSync(join(folder, 'htpasswd'), htpasswd)
  const child = spawn('docker-registry', ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => endOf(child))
  const [lines, news]: readonly [string[], EventEmitter] = [[], new EventEmitter()]
  const said: string[] = []
  const port = await new Promise<number>((resolve, reject) => {
    child.on('error', (cause) =>
      reject(new Error("these tests need Debian's package docker-registry: npm test installs it", { cause })),
    )
    child.on('exit', (code) => reject(new Error(`docker-registry ended with ${code}:\n${said.join('\n')}`)))
    createInterface(child.stderr).on('line', (line) => {
      said.push(line)
      // Go's own HTTP server complains in plain text, of clients that hang up.
      const entry = (line.startsWith('{') ? JSON.parse(line) : {}) as LogLine
      const [, found] = /^listening on .*:(\d+)/.exec(entry.msg ?? '') ?? []
      if (found !== undefined) resolve(Number(found))
      const { 'http.request.method': method, 'http.request.uri': uri, 'http.response.status': status } = entry
      if (status !== undefined) lines.push(`${method} ${uri} ${status}`)
      news.emit('line')
    })
  })
  const origin = new URL(`${shape.tls ? 'https' : 'http'}://127.0.0.1:${port}`)
  return { port, origin, folder, requests: askedBy(origin, lines, news) }
}
