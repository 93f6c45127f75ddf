using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DevOpsAI.Common.Yaml;

/// <summary>Reads a YAML file that holds one mapping. Whatever is wrong with it is told at once, as <c>file:line: what</c>.</summary>
public static class YamlFile
{
    /// <summary>Returns null when the file has validation errors, which are added to <paramref name="errors"/>.</summary>
    /// <param name="shape">What is said of a file that is not one mapping.</param>
    public static T? Read<T>(string file, string yaml, string shape, Func<YamlFields, T> read, ICollection<string> errors) where T : class
    {
        var before = errors.Count;
        try
        {
            if (Load(yaml).Documents is [{ RootNode: YamlMappingNode root }])
            {
                var value = read(new(file, root, errors));
                return errors.Count == before ? value : null;
            }
            errors.Add($"{file}:1: {shape}");
        }
        catch (YamlException broken)
        {
            errors.Add(FindTab(yaml, broken) is { } tab
                ? $"{file}:{tab}: not YAML: a tab before the text; lines are indented with blanks"
                : $"{file}:{(broken.Start.Line > 1 ? broken.Start.Line : FindStop(yaml))}: not YAML: {broken.Message}");
        }
        return null;
    }

    /// <summary>
    /// The first line that a tab indents, where the library stumbles there or does not say where; null when there is none.
    /// </summary>
    private static int? FindTab(string yaml, YamlException broken)
    {
        var line = Array.FindIndex(yaml.Split('\n'), static one => one.TrimStart(' ').StartsWith('\t') && one.Trim().Length > 0) + 1;
        return line > 0 && (broken.Start.Line <= 1 || Math.Abs(broken.Start.Line - line) <= 1) ? line : null;
    }

    /// <summary>The line of the last thing that could be read, for mistakes of which the library does not say where they are.</summary>
    private static long FindStop(string yaml)
    {
        var line = 1L;
        try
        {
            for (var parser = new Parser(new StringReader(yaml)); parser.MoveNext();)
                line = parser.Current!.End.Line;
        }
        catch (Exception stop) when (stop is YamlException or InvalidOperationException)
        {
            // That is the place.
        }
        return line;
    }

    private static YamlStream Load(string yaml)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
            return stream;
        }
        catch (InvalidOperationException stumbled)
        {
            // What the library itself stumbles over, as a list that is not closed at the end of a line.
            throw new YamlException("a bracket, brace or quotation mark is not closed", stumbled);
        }
    }
}
