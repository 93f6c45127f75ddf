using System.Buffers;
using System.Text.Json;

namespace DevOpsAI.Bot.Teams.Protocol;

/// <summary>
/// A JSON object that is put together to be sent, such as a card: members in the order in which they were put, written once and never
/// searched. A <c>JsonObject</c> indexes every member of every element, which made building cards a fifth of what clicks cost.
/// </summary>
public sealed class OutgoingJson
{
    /// <summary>What <see cref="Size"/> counts as six characters: a serializer may write it as <c>\u1234</c>.</summary>
    private static readonly SearchValues<char> Unescaped = SearchValues.Create(
        " !#$%()*,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~");

    private (string Name, OutgoingValue Value)[] members = new (string, OutgoingValue)[4];
    private int count;

    /// <summary>Puts a member, in place of the one of that name if there is one. Reading gives an empty value when there is none.</summary>
    public OutgoingValue this[string name]
    {
        get => IndexOf(name) is >= 0 and var at ? members[at].Value : default;
        set
        {
            var at = IndexOf(name);
            if (at < 0)
            {
                if (count == members.Length)
                    Array.Resize(ref members, count * 2);
                at = count++;
            }
            members[at] = (name, value);
        }
    }

    /// <summary>
    /// A copy with one member more, or another value for it; what is inside is shared, so it must not be changed any more.
    /// </summary>
    public OutgoingJson With(string name, OutgoingValue value)
    {
        var copy = new OutgoingJson { members = [.. members], count = count };
        copy[name] = value;
        return copy;
    }

    /// <summary>A copy with an element more at the beginning of a list.</summary>
    public OutgoingJson WithFirst(string name, OutgoingJson element) =>
        With(name, new List<OutgoingJson>([element, .. this[name].Objects]));

    /// <summary>No serializer makes more bytes of it: everything but plain ASCII counts as escaped.</summary>
    public int Size
    {
        get
        {
            var size = 2 + Math.Max(0, count - 1);
            foreach (var (name, value) in members.AsSpan(0, count))
                size += name.Length + 3 + value.Size;
            return size;
        }
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members.AsSpan(0, count))
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
    }

    /// <summary>What a text of a value adds to <see cref="Size"/>, without its quotes.</summary>
    internal static int GetSize(ReadOnlySpan<char> text)
    {
        var size = text.Length;
        for (var special = text.IndexOfAnyExcept(Unescaped); special >= 0; special = text.IndexOfAnyExcept(Unescaped))
        {
            size += 5;
            text = text[(special + 1)..];
        }
        return size;
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < count; i++)
        {
            if (members[i].Name == name)
                return i;
        }
        return -1;
    }
}

/// <summary>A value in an <see cref="OutgoingJson"/>: text, a number, true or false, an object, or a list of objects or texts.</summary>
public readonly struct OutgoingValue
{
    private static readonly object True = true;
    private static readonly object False = false;

    private readonly object? what;

    private OutgoingValue(object what) => this.what = what;

    /// <summary>The text; null when it is none.</summary>
    public string? Text => what as string;

    /// <summary>The objects of a list of them; none when it is something else.</summary>
    internal IReadOnlyList<OutgoingJson> Objects => what as IReadOnlyList<OutgoingJson> ?? [];

    internal bool IsFalse => ReferenceEquals(what, False);

    internal int Size => what switch
    {
        string text => OutgoingJson.GetSize(text) + 2,
        OutgoingJson json => json.Size,
        IReadOnlyList<OutgoingJson> objects => 2 + Math.Max(0, objects.Count - 1) + objects.Sum(static one => one.Size),
        IReadOnlyList<string> texts => 2 + Math.Max(0, texts.Count - 1) + texts.Sum(static one => OutgoingJson.GetSize(one) + 2),
        _ => 11,
    };

    public static implicit operator OutgoingValue(string text) => new(text);

    public static implicit operator OutgoingValue(bool value) => new(value ? True : False);

    public static implicit operator OutgoingValue(int value) => new((object)value);

    public static implicit operator OutgoingValue(OutgoingJson value) => new(value);

    public static implicit operator OutgoingValue(List<OutgoingJson> values) => new(values);

    public static implicit operator OutgoingValue(OutgoingJson[] values) => new(values);

    public static implicit operator OutgoingValue(string[] values) => new(values);

    internal void WriteTo(Utf8JsonWriter writer)
    {
        switch (what)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case OutgoingJson json:
                json.WriteTo(writer);
                break;
            case IReadOnlyList<OutgoingJson> objects:
                writer.WriteStartArray();
                for (var i = 0; i < objects.Count; i++)
                    objects[i].WriteTo(writer);
                writer.WriteEndArray();
                break;
            case IReadOnlyList<string> texts:
                writer.WriteStartArray();
                for (var i = 0; i < texts.Count; i++)
                    writer.WriteStringValue(texts[i]);
                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            default:
                writer.WriteNumberValue((int)what);
                break;
        }
    }
}
