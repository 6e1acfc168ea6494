// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>What an entry of a tar archive is (POSIX ustar, the <c>typeflag</c> byte).</summary>
public enum TarEntryType
{
    /// <summary>A regular file.</summary>
    File = '0',
    /// <summary>Another name of a file that came before.</summary>
    HardLink = '1',
    /// <summary>A symbolic link.</summary>
    SymbolicLink = '2',
    /// <summary>A character device.</summary>
    CharacterDevice = '3',
    /// <summary>A block device.</summary>
    BlockDevice = '4',
    /// <summary>A folder.</summary>
    Directory = '5',
    /// <summary>A named pipe.</summary>
    Fifo = '6',
}
