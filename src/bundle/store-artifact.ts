/** An entry that is no image: one blob under a type of its own. Takes the type and the blob, which is in the store; gives both of its manifest. */
import { storeText } from './blobs.ts'
import { type Descriptor, emptyBlob, type Manifest, mediaTypes } from './oci.ts'

export const storeArtifact = async (
  artifactType: string,
  blob: Descriptor,
): Promise<{ readonly manifest: Descriptor; readonly blobs: readonly Descriptor[] }> => {
  const config = await storeText(mediaTypes.empty, emptyBlob)
  const document: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType,
    config,
    layers: [blob],
  }
  const manifest = await storeText(mediaTypes.manifest, JSON.stringify(document))
  return { manifest: { ...manifest, artifactType }, blobs: [config, blob] }
}
