/** What is said of a kubeconfig: every context, where it leads, as whom, and until when. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mintClient } from '../../../src/pki/client.ts'
import { contextsIn } from '../../../src/pki/kubeconfig-contexts.ts'
import { personKubeconfig } from '../../../src/pki/kubeconfigs.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, someday } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const anHour = 3600
const inAnHour = new Date(someday.getTime() + anHour * 1000)

const jane = async () => {
  const authorities = await authoritiesFor(clusterConfig())
  return mintClient({
    authorities,
    commonName: 'jane',
    organizations: [],
    seconds: anHour,
    now: someday,
  })
}

const at = (text: string | undefined, path = '/kube/config') => ({ path, text })

it('a certificate inside has an end', async () => {
  const text = personKubeconfig({
    ...(await jane()),
    server: 'https://demo:6443',
    caPem: 'ca',
    name: 'demo',
    user: 'jane',
  })
  expect(await contextsIn([at(text)])).toEqual([
    {
      context: 'jane@demo',
      current: true,
      server: 'https://demo:6443',
      user: 'jane@demo',
      login: 'certificate',
      expires: inAnHour,
    },
  ])
})

it('a certificate in a file is looked for beside the kubeconfig', async () => {
  const folder = scratchDirectory('kubeconfig')
  writeFileSync(join(folder, 'jane.crt'), (await jane()).certPem)
  const text = JSON.stringify({
    contexts: [{ name: 'c', context: { cluster: 'missing', user: 'jane' } }],
    users: [{ name: 'jane', user: { 'client-certificate': 'jane.crt' } }],
  })
  const found = await contextsIn([at(text, join(folder, 'config'))])
  expect(found).toMatchObject([{ current: false, server: undefined, expires: inAnHour }])
  expect(await contextsIn([at(text, '/elsewhere/config')])).toMatchObject([
    { login: 'certificate', expires: undefined },
  ])
})

it.each([
  [{ token: 't' }, 'token'],
  [{ exec: { command: 'login' } }, 'exec'],
  [{ username: 'u', password: 'p' }, 'username'],
  [{}, undefined],
  [null, undefined],
])('a user with %j logs in by %s', async (user, login) => {
  const text = JSON.stringify({
    contexts: [{ name: 'c', context: { user: 'u' } }],
    users: [{ name: 'u', user }],
  })
  expect(await contextsIn([at(text)])).toMatchObject([{ login, expires: undefined }])
})

it('of several files the first that says something counts', async () => {
  const file = (server: string, current?: string) =>
    at(
      JSON.stringify({
        clusters: [{ name: 'demo', cluster: { server } }],
        contexts: [{ name: 'c', context: { cluster: 'demo', user: 'u' } }],
        ...(current && { 'current-context': current }),
      }),
    )
  const found = await contextsIn([at(undefined), at(''), file('https://one'), file('https://two', 'c')])
  expect(found).toMatchObject([{ context: 'c', server: 'https://one', current: true }])
})

it.each(['words', 'contexts: yes', 'a: ['])('%j is no kubeconfig', async (text) => {
  await expect(contextsIn([at(text)])).rejects.toThrow('/kube/config is no kubeconfig')
})
