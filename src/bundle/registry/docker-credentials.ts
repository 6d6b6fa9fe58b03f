/**
 * Credentials as docker, podman and skopeo keep them. Takes a registry's name; gives what its configuration file says, or what
 * the helper named there answers. Read only, and only when a registry asks.
 */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { UserError } from '../../errors.ts'
import type { Environment } from '../http/proxy-choice.ts'

export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** Given out by some logins instead of a password; it is exchanged for access tokens. */
  | { readonly kind: 'refresh-token'; readonly token: string }

const login = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
})

const configuration = z.object({
  auths: z.record(z.string(), login).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
})

const answer = z.object({ Username: z.string(), Secret: z.string() })

const fileOf = (environment: Environment): string =>
  join(environment['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json')

const readConfiguration = async (file: string): Promise<z.output<typeof configuration> | undefined> => {
  const content = await readFile(file, 'utf8').catch(() => undefined)
  if (content === undefined) return undefined
  try {
    return configuration.parse(JSON.parse(content))
  } catch {
    // Without the cause: what stands there may be a password.
    throw new UserError(`${file} is not a docker configuration file`, {
      hint: 'docker login writes it; DOCKER_CONFIG names another folder',
    })
  }
}

const fromLogin = (found: z.output<typeof login>): Credentials | undefined => {
  if (found.identitytoken) return { kind: 'refresh-token', token: found.identitytoken }
  const [, user = found.username, password = found.password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(found.auth ?? '', 'base64').toString()) ?? []
  return user && password !== undefined ? { kind: 'password', user, password } : undefined
}

const credentialsIn = (said: string, helper: string): Credentials => {
  try {
    const { Username, Secret } = answer.parse(JSON.parse(said))
    return Username === '<token>'
      ? { kind: 'refresh-token', token: Secret }
      : { kind: 'password', user: Username, password: Secret }
  } catch {
    // Without the cause: what it said may be a password.
    throw new UserError(`docker-credential-${helper} answers with something else than credentials`, {
      hint: `try it: docker-credential-${helper} get`,
    })
  }
}

/** The protocol of docker-credential-helpers: the server on stdin, JSON on stdout, anything but 0 when it knows nothing. */
const askHelper = async (helper: string, server: string): Promise<Credentials | undefined> => {
  if (!/^[\w.-]+$/.test(helper))
    throw new UserError(`"${helper}" cannot be a credential helper`, {
      hint: 'look at credHelpers and credsStore in the docker configuration file',
    })
  const child = spawn(`docker-credential-${helper}`, ['get'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve)
    child.on('error', (cause) =>
      reject(
        new UserError(`docker-credential-${helper} cannot be run`, {
          hint: 'the docker configuration file names it: install it, or log in without it',
          cause,
        }),
      ),
    )
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(`${server}\n`)
  const [said, code] = await Promise.all([text(child.stdout), ended])
  if (code !== 0) return undefined
  return credentialsIn(said, helper)
}

/** Docker Hub goes by its first address, and old versions wrote a path behind a name. */
const namesOf = (registry: string): readonly string[] => [
  registry,
  ...(/(^|\.)docker\.io$/.test(registry) ? ['https://index.docker.io/v1/'] : []),
  `https://${registry}`,
  `https://${registry}/v1/`,
  `https://${registry}/v2/`,
]

export const dockerCredentials = async (
  registry: string,
  environment: Environment,
): Promise<Credentials | undefined> => {
  const found = await readConfiguration(fileOf(environment))
  if (!found) return undefined
  for (const name of namesOf(registry)) {
    const helper = found.credHelpers[name] ?? (name in found.auths ? found.credsStore : undefined)
    const credentials = helper === undefined ? undefined : await askHelper(helper, name)
    const known = credentials ?? fromLogin(found.auths[name] ?? {})
    if (known) return known
  }
  return found.credsStore === undefined ? undefined : askHelper(found.credsStore, registry)
}
