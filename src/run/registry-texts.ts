/** Reads the files that a cluster file's registry section names. Takes it; gives their texts, and tells the passwords to whoever hides them. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ClusterConfig } from '../config/schema.ts'
import { errorMessage, UserError } from '../errors.ts'
import { readSecretFile } from '../host/credentials.ts'
import { certificatesIn } from '../pki/read-certificate.ts'
import type { RegistryTexts } from '../render/types.ts'

type Reading = {
  readonly registry: ClusterConfig['registry']
  /** From a path of the cluster file to one of this machine. */
  readonly resolve: (path: string) => string
  readonly secrets: { readonly add: (secret: string) => void }
}

const readCertificates = async (path: string): Promise<string> => {
  const what = 'registry.caFile'
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`${what}: cannot read ${path}`, { cause })
  })
  const certificates = certificatesIn(text)
  if (certificates.length === 0)
    throw new UserError(`${what}: there is no certificate in ${path}`, {
      hint: 'it is to be PEM: -----BEGIN CERTIFICATE-----',
    })
  certificates.forEach((pem, index) => {
    try {
      new X509Certificate(pem)
    } catch (cause) {
      throw new UserError(`${what}: certificate ${index + 1} of ${path} is damaged: ${errorMessage(cause)}`, {
        cause,
      })
    }
  })
  // Certificates alone: whatever else is in the file, such as a key, is nobody's business on hosts.
  return certificates.join('')
}

export const readRegistryTexts = async ({ registry, resolve, secrets }: Reading): Promise<RegistryTexts> => {
  const passwords = await Promise.all(
    Object.entries(registry.credentials).map(async ([name, { user, passwordFile }]) => {
      const password = await readSecretFile(resolve(passwordFile), `registry.credentials: ${name}`)
      secrets.add(password)
      secrets.add(`${user}:${password}`)
      return [name, password] as const
    }),
  )
  const { caFile } = registry
  return {
    caPem: caFile === undefined ? undefined : await readCertificates(resolve(caFile)),
    passwords: new Map(passwords),
  }
}
