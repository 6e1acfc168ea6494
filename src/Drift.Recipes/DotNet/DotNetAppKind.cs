// SPDX-License-Identifier: Apache-2.0

namespace Drift.Recipes;

/// <summary>What <c>dotnet publish</c> made.</summary>
internal enum DotNetAppKind
{
    /// <summary>Assemblies that need an installed runtime.</summary>
    FrameworkDependent,
    /// <summary>Assemblies with the runtime beside them.</summary>
    SelfContained,
    /// <summary>One executable that holds the assemblies, and the runtime unless it needs an installed one.</summary>
    SingleFile,
    /// <summary>One executable of machine code.</summary>
    NativeAot,
}
