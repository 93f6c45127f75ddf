using System.Text.RegularExpressions;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Places in a sender's template that nothing was filled into, as in <c>[device_hostname]</c> and <c>{{ device.name }}</c>.
/// </summary>
internal static partial class Placeholders
{
    public static bool Is(string text) => Placeholder().IsMatch(text.Trim());

    [GeneratedRegex(
        @"\A(?:\[[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\]|\{\{[^{}]{1,100}\}\}|\$\{[^{}]{1,100}\}"
            + @"|\$[A-Za-z]+(?:[._][A-Za-z]+)+\$?|<no value>)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
