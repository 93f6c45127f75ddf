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
            errors.Add($"{file}:{Math.Max(1, broken.Start.Line)}: not YAML: {broken.Message}");
        }
        return null;
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
