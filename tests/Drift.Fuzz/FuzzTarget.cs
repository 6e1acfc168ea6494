// SPDX-License-Identifier: Apache-2.0

namespace Drift.Fuzz;

/// <summary>A parser that is fed with anything. It may refuse an input with a DriftException; all else is a finding.</summary>
/// <param name="name">The name on the command line, and of the folder of its corpus.</param>
internal abstract class FuzzTarget(string name)
{
    public string Name => name;

    /// <summary>Words that the format gives a meaning to: mutations put them in.</summary>
    public virtual IReadOnlyList<string> Tokens => [];

    /// <summary>The size of the format's blocks, in bytes: mutations move whole ones too. 0 where it has none.</summary>
    public virtual int BlockSize => 0;

    /// <summary>Makes right what would have every damaged input refused at once, for example a checksum.</summary>
    public virtual void Repair(byte[] input)
    {
    }

    /// <summary>Parses an input, and checks what must hold when it parses.</summary>
    /// <returns>In a few words what the input was: inputs with another answer than those before them are worth mutating further.</returns>
    public abstract Task<string> RunAsync(byte[] input);

    /// <summary>Throws when what must hold does not.</summary>
    protected static void Ensure(bool condition, string violation)
    {
        if (!condition) throw new InvariantException(violation);
    }
}
