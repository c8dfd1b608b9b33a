using System.Runtime.CompilerServices;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CowansDashboard.Tests.Architecture;

/// <summary>The compiled assemblies of the product, and what each of their types mentions in signatures and bodies.</summary>
internal static class CompiledCode
{
    public static AssemblyDefinition Shopify { get; } = Read("CowansDashboard.Shopify");

    public static AssemblyDefinition Product { get; } = Read("CowansDashboard");

    public static AssemblyDefinition Web { get; } = Read("CowansDashboard.Web");

    public static AssemblyDefinition[] All { get; } = [Shopify, Product, Web];

    /// <summary>Types that a person wrote: nothing that the compiler or a source generator made.</summary>
    public static IEnumerable<TypeDefinition> WrittenTypes(params AssemblyDefinition[] assemblies) =>
        assemblies.SelectMany(assembly => assembly.MainModule.GetTypes()).Where(type => type.Name != "<Module>" && !IsGenerated(type));

    public static IEnumerable<MethodDefinition> Methods(params AssemblyDefinition[] assemblies) =>
        assemblies.SelectMany(assembly => assembly.MainModule.GetTypes()).SelectMany(type => type.Methods);

    public static bool IsGenerated(TypeDefinition type) =>
        type.Name.Contains('<') || Has<CompilerGeneratedAttribute>(type) || Has<System.CodeDom.Compiler.GeneratedCodeAttribute>(type)
        || (type.DeclaringType is not null && IsGenerated(type.DeclaringType));

    public static bool Has<T>(ICustomAttributeProvider member) where T : Attribute =>
        member.CustomAttributes.Any(attribute => attribute.AttributeType.FullName == typeof(T).FullName);

    /// <summary>The namespace a type belongs to; nested types belong to their outermost one.</summary>
    public static string NamespaceOf(TypeReference type) => type.DeclaringType is null ? type.Namespace : NamespaceOf(type.DeclaringType);

    public static IEnumerable<TypeReference> Mentions(TypeDefinition type)
    {
        TypeReference?[] inherited = [type.BaseType, .. type.Interfaces.Select(implemented => implemented.InterfaceType)];
        return inherited
            .Concat(type.Fields.Select(field => field.FieldType))
            .Concat(type.Properties.Select(property => property.PropertyType))
            .Concat(type.GenericParameters.SelectMany(parameter => parameter.Constraints).Select(constraint => constraint.ConstraintType))
            .Concat(Attributes(type, [.. type.Methods, .. type.Fields, .. type.Properties]))
            .Concat(type.Methods.SelectMany(Mentions))
            .OfType<TypeReference>()
            .SelectMany(Parts);
    }

    private static IEnumerable<TypeReference> Attributes(params ICustomAttributeProvider[] members) =>
        members.SelectMany(member => member.CustomAttributes).Select(attribute => attribute.AttributeType);

    private static IEnumerable<TypeReference> Attributes(TypeDefinition type, ICustomAttributeProvider[] members) =>
        Attributes([type, .. members]);

    private static IEnumerable<TypeReference?> Mentions(MethodDefinition method)
    {
        var signature = method.Parameters.Select(parameter => parameter.ParameterType).Append(method.ReturnType);
        if (!method.HasBody)
            return signature;
        return signature
            .Concat(method.Body.Variables.Select(variable => variable.VariableType))
            .Concat(method.Body.ExceptionHandlers.Select(handler => handler.CatchType))
            .Concat(method.Body.Instructions.SelectMany(Mentions));
    }

    private static IEnumerable<TypeReference?> Mentions(Instruction instruction) => instruction.Operand switch
    {
        GenericInstanceMethod call => [call.DeclaringType, call.ReturnType, .. call.GenericArguments],
        MethodReference call => [call.DeclaringType, call.ReturnType],
        FieldReference field => [field.DeclaringType, field.FieldType],
        TypeReference type => [type],
        _ => [],
    };

    // List<Product[]> mentions List, and Product.
    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        GenericParameter => [],
        _ => [type],
    };

    private static AssemblyDefinition Read(string name)
    {
        var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(Microsoft.AspNetCore.Http.HttpContext).Assembly.Location));
        return AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, name + ".dll"), new() { AssemblyResolver = resolver });
    }
}
