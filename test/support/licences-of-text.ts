/** Which licences a text is of, by what stands in each of them and in no other. Takes a LICENSE file's text; gives SPDX's ids. */
const marks: readonly (readonly [id: string, mark: RegExp])[] = [
  ['Apache-2.0', /Apache License,? Version 2\.0/i],
  [
    'BSD-2-Clause',
    /Redistribution and use in source and binary forms(?![\s\S]*(Neither the name|endorse or promote))/,
  ],
  [
    'BSD-3-Clause',
    /Redistribution and use in source and binary forms[\s\S]*(Neither the name|endorse or promote)/,
  ],
  ['CC0-1.0', /CC0 1\.0/],
  ['ISC', /Permission to use, copy, modify, and(\/or)? distribute this software for any purpose/],
  ['MIT', /Permission is hereby granted, free of charge, to any person obtaining a copy/],
  ['MPL-2.0', /Mozilla Public License,? version 2\.0/i],
]

export const licencesOfText = (text: string): readonly string[] => {
  const words = text.replaceAll(/\s+/g, ' ')
  return marks.filter(([, mark]) => mark.test(words)).map(([id]) => id)
}
