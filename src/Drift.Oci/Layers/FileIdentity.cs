// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>What tells a file and its content from any other: it is another one as soon as one of these is.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Inode">The file in it.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="ModificationTime">The last change of content, in seconds.</param>
/// <param name="ChangeTime">The last change of content, names or mode, in nanoseconds; 0 where the system does not tell.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, long Size, long ModificationTime, long ChangeTime);
