// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Drift.Oci;
using Drift.TestKit;

namespace Drift.Distribution.Tests;

/// <summary>What the packages show to their users changes only on purpose.</summary>
public sealed class PublicApiTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private static readonly NullabilityInfoContext Nullability = new();

    [Fact]
    public async Task The_public_interface_is_the_one_in_PublicApi_txt()
    {
        var path = ProjectRoot.Combine("tests", "Drift.Distribution.Tests", "PublicApi.txt");
        var expected = await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken);
        var actual = new[] { typeof(Image).Assembly, typeof(OciLayout).Assembly }.SelectMany(assembly => assembly.GetExportedTypes()).SelectMany(Lines)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var written = Path.Combine(AppContext.BaseDirectory, "PublicApi.txt");
        await File.WriteAllLinesAsync(written, actual, TestContext.Current.CancellationToken);
        var changes = expected.Except(actual, StringComparer.Ordinal).Select(line => "- " + line).Concat(actual.Except(expected, StringComparer.Ordinal).Select(line => "+ " + line));
        Assert.True(expected.SequenceEqual(actual, StringComparer.Ordinal),
            $"The public interface has changed:\n{string.Join('\n', changes)}\nIf that is meant, tell so in CHANGELOG.md and accept it: cp '{written}' '{path}'");
    }

    private static IEnumerable<string> Lines(Type type)
    {
        var bases = new[] { type.BaseType }.Concat(type.GetInterfaces()).OfType<Type>()
            .Where(of => of.IsVisible && of != typeof(object) && of != typeof(ValueType) && of != typeof(Enum) && !type.IsEnum);
        yield return $"{type.FullName}: {Kind(type)} {string.Join(", ", bases.Select(Name).Order(StringComparer.Ordinal))}".TrimEnd();
        foreach (var member in type.GetMembers(Declared))
        {
            if (Line(member) is { } line) yield return $"{type.FullName}.{line}";
        }
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    /// <summary>One member; null for what is not visible, and for what the compiler adds to records and properties.</summary>
    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo { IsSpecialName: false } field when field.IsPublic || field.IsFamily =>
            $"{field.Name}: {Modifier(field.IsStatic)}{Name(field.FieldType)}{(field.IsLiteral ? $" = {Text(field.GetRawConstantValue())}" : "")}",
        PropertyInfo property when Visible(property.GetMethod) || Visible(property.SetMethod) =>
            $"{property.Name}: {Modifier((property.GetMethod ?? property.SetMethod)!.IsStatic)}{Name(property.PropertyType)}{Mark(Nullability.Create(property).ReadState)} {{{Accessor(property.GetMethod, " get;")}{Accessor(property.SetMethod, IsInit(property) ? " init;" : " set;")} }}",
        MethodBase method when Visible(method) && !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !(method.IsSpecialName && method.Name.Contains("et_", StringComparison.Ordinal)) =>
            $"{method.Name}({(method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "")}{string.Join(", ", method.GetParameters().Select(Parameter))}){(method is MethodInfo { ReturnParameter: var result } ? $": {Modifier(method.IsStatic)}{(method.IsAbstract ? "abstract " : "")}{Name(result.ParameterType)}{Mark(Nullability.Create(result).ReadState)}" : "")}",
        _ => null,
    };

    private static bool Visible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static bool IsInit(PropertyInfo property) => property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;

    private static string Accessor(MethodInfo? accessor, string text) => Visible(accessor) ? text : "";

    private static string Modifier(bool isStatic) => isStatic ? "static " : "";

    private static string Parameter(ParameterInfo parameter) =>
        $"{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)}{Mark(Nullability.Create(parameter).WriteState)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {Text(parameter.DefaultValue)}" : "")}";

    private static string Mark(NullabilityState state) => state == NullabilityState.Nullable ? "?" : "";

    private static string Text(object? value) => value is null ? "default" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Name(Type type) => type switch
    {
        { IsByRef: true } => Name(type.GetElementType()!),
        _ when Nullable.GetUnderlyingType(type) is { } underlying => Name(underlying),
        { IsArray: true } => Name(type.GetElementType()!) + "[]",
        { IsGenericType: true } => $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>",
        _ => type.Name,
    };
}
