/** What kubectl could talk to. Takes the files that it reads; gives every context with its server, its user and until when it works. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { UserError } from '../errors.ts'
import type { KubeconfigFile } from './kubeconfig-files.ts'

const words = z.string().optional()

const userShape = z.looseObject({ 'client-certificate': words, 'client-certificate-data': words })

const shape = z.object({
  'current-context': z.string().nullish(),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: words }) })).nullish(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ cluster: words, user: words }) }))
    .nullish(),
  users: z.array(z.object({ name: z.string(), user: userShape.nullish() })).nullish(),
})

type Read = { readonly folder: string } & z.infer<typeof shape>

export type KubeconfigContext = {
  readonly context: string
  readonly current: boolean
  readonly server: string | undefined
  readonly user: string | undefined
  /** How it logs in: `certificate`, or the field of the kubeconfig that says so (`token`, `exec`, …). */
  readonly login: string | undefined
  /** Of a certificate that can be read. */
  readonly expires: Date | undefined
}

const parsed = (text: string): unknown => {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

const read = ({ path, text }: KubeconfigFile): readonly Read[] => {
  if (text === undefined || text.trim() === '') return []
  const { data } = shape.safeParse(parsed(text))
  if (data) return [{ folder: dirname(path), ...data }]
  throw new UserError(`${path} is no kubeconfig`, { hint: 'repair it or move it away' })
}

const endOf = (pem: string | Buffer | undefined): Date | undefined => {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem).validToDate
  } catch {
    return undefined
  }
}

type User = z.infer<typeof userShape>

/** Data inside wins over a file that is named, as for kubectl. */
const certificateOf = async (user: User, folder: string): Promise<Buffer | undefined> => {
  const { 'client-certificate-data': data, 'client-certificate': file } = user
  if (data) return Buffer.from(data, 'base64')
  return file ? readFile(resolve(folder, file)).catch(() => undefined) : undefined
}

const logins = ['token', 'tokenFile', 'exec', 'auth-provider', 'username'] as const

const loginOf = (user: User): string | undefined =>
  user['client-certificate-data'] || user['client-certificate']
    ? 'certificate'
    : logins.find((field) => user[field])

/** Of entries with the same name the first one counts, and of current contexts: so kubectl merges files. */
export const contextsIn = async (files: readonly KubeconfigFile[]): Promise<readonly KubeconfigContext[]> => {
  const all = files.flatMap(read)
  const clusters = all.flatMap((file) => file.clusters ?? [])
  const users = all.flatMap(({ folder, users }) => (users ?? []).map((user) => ({ folder, ...user })))
  const contexts = all.flatMap((file) => file.contexts ?? [])
  const current = all.map((file) => file['current-context']).find((name) => name)
  const firsts = contexts.filter(({ name }, at) => contexts.findIndex((each) => each.name === name) === at)
  return Promise.all(
    firsts.map(async ({ name, context }) => {
      const found = users.find((user) => user.name === context.user)
      const user = found?.user ?? {}
      return {
        context: name,
        current: name === current,
        server: clusters.find((cluster) => cluster.name === context.cluster)?.cluster.server,
        user: context.user,
        login: loginOf(user),
        expires: endOf(found && (await certificateOf(user, found.folder))),
      }
    }),
  )
}
