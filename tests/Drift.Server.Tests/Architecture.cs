// SPDX-License-Identifier: Apache-2.0

using Drift.Oci;
using Drift.TestKit;

namespace Drift.Server.Tests;

/// <summary>A processor that the server is assembled for, and how to run it here.</summary>
public sealed record Architecture(string Name, Platform Platform, string Emulator)
{
    public static Architecture X64 { get; } = new("x86_64", Platform.LinuxAmd64, "qemu-x86_64-static");

    public static Architecture Arm64 { get; } = new("aarch64", Platform.LinuxArm64, "qemu-aarch64-static");

    /// <summary>The one that runs here without an emulator.</summary>
    public static Architecture Native => X64.Platform == Platform.ThisMachine ? X64 : Arm64;

    public static Architecture Foreign => Native == X64 ? Arm64 : X64;

    public static TheoryData<string> Names => new(X64.Name, Arm64.Name);

    public static Architecture Of(string name) => name == X64.Name ? X64 : Arm64;

    /// <summary>What stands before the program's path: nothing, or an emulator.</summary>
    public IReadOnlyList<string> Runner => Platform == Platform.ThisMachine ? [] : [Need.Program(Emulator)];

    public override string ToString() => Name;
}
