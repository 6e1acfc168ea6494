// SPDX-License-Identifier: Apache-2.0

namespace Drift.Oci;

/// <summary>
/// How a folder of this machine becomes entries of a layer. As it stands, the same files give the same entries whoever copied them,
/// whenever and under whatever umask.
/// </summary>
public sealed record FileTreeOptions
{
    /// <summary>
    /// Keeps all twelve mode bits. Otherwise folders and files that their owner may run get 755, and other files 644.
    /// </summary>
    public bool KeepModes { get; init; }

    /// <summary>The mode of a file by its path below the folder, unless modes are kept; null for the rule above.</summary>
    public Func<string, int?>? ModeOf { get; init; }

    /// <summary>Keeps the numbers of owner and group. Otherwise all belongs to <see cref="Owner"/> and <see cref="Group"/>.</summary>
    public bool KeepOwners { get; init; }

    /// <summary>The owner's number.</summary>
    public long Owner { get; init; }

    /// <summary>The group's number.</summary>
    public long Group { get; init; }

    /// <summary>Keeps times of change that are earlier than <see cref="PackOptions.Epoch"/>. Otherwise all times are the epoch.</summary>
    public bool KeepTimes { get; init; }

    /// <summary>
    /// Keeps extended attributes that belong to a file: <c>user.*</c> and <c>security.capability</c>. Labels and signatures of this machine
    /// (<c>security.selinux</c>, <c>security.ima</c> and the like), <c>trusted.*</c>, access lists and the notes of overlay file systems
    /// are left out in any case. Linux only; elsewhere there are none.
    /// </summary>
    public bool KeepExtendedAttributes { get; init; }

    /// <summary>What to leave out, by its path below the folder; null for nothing.</summary>
    public DockerIgnore? Ignore { get; init; }
}
