using System.Reflection;
using System.Text.RegularExpressions;
using DevOpsAI.Bot.Hosting;

namespace DevOpsAI.Tests.Hosting;

/// <summary><c>$</c> also matches before a last newline: whoever means the end of the text says <c>\z</c>.</summary>
public sealed class WholePatternsTests
{
    [Fact]
    public void A_pattern_for_a_whole_text_ends_at_its_end()
    {
        var patterns = Ours(typeof(BotHost).Assembly, [])
            .SelectMany(static assembly => assembly.GetTypes())
            .SelectMany(static type =>
                type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                    | BindingFlags.DeclaredOnly))
            .Select(static method =>
                (Where: $"{method.DeclaringType}.{method.Name}", method.GetCustomAttribute<GeneratedRegexAttribute>()?.Pattern))
            .Where(static one => one.Pattern is not null)
            .ToList();
        patterns.Count.ShouldBeGreaterThan(30);
        patterns.Where(static one => Begins(one.Pattern!) && one.Pattern!.EndsWith('$')).Select(static one => one.Where).ShouldBeEmpty();
        patterns.Count(static one => Begins(one.Pattern!) && one.Pattern!.EndsWith("\\z", StringComparison.Ordinal))
            .ShouldBeGreaterThan(10);
    }

    private static bool Begins(string pattern) => pattern.StartsWith('^') || pattern.StartsWith("\\A", StringComparison.Ordinal);

    private static HashSet<Assembly> Ours(Assembly assembly, HashSet<Assembly> seen)
    {
        if (!seen.Add(assembly))
            return seen;
        foreach (var name in assembly.GetReferencedAssemblies()
            .Where(static name => name.Name!.StartsWith("DevOpsAI.", StringComparison.Ordinal)))
            Ours(Assembly.Load(name), seen);
        return seen;
    }
}
