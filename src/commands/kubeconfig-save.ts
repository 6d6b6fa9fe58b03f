/** A kubeconfig that was made, into a file of its own. Takes the path; refuses one that holds anything but an earlier one of these. */
import { UserError } from '../errors.ts'
import { contextsIn } from '../pki/kubeconfig-contexts.ts'
import { readKubeconfigFiles, writeKubeconfig } from '../pki/kubeconfig-files.ts'
import type { IssuedKubeconfig } from '../run/client-kubeconfig.ts'

export const saveKubeconfig = async (path: string, { text, context }: IssuedKubeconfig): Promise<void> => {
  const standing = await contextsIn(await readKubeconfigFiles([path]))
  const others = standing.map((each) => each.context).filter((name) => name !== context)
  if (others.length > 0)
    throw new UserError(`${path} holds ${others.join(', ')}, which would be lost`, {
      hint: 'name a file of its own; kubectl reads several: KUBECONFIG=one:other',
    })
  await writeKubeconfig(path, text)
}
