// A collection with a condition of every kind.
import { collectionMutations } from '../collection-writing.mjs';
import { metafieldMutations } from '../metafield-writing.mjs';
import { definitionId } from '../collection-conditions.mjs';
import { Writing } from '../writing.mjs';

export const texts = (...values) => ({ relation: 'EQUALS', matchType: 'ANY', values });

/** Inclusion conditions of every kind; `definitions` are global ids by the type of the definition. */
export const everyInclusion = definitions => [
  { productTag: { ...texts('sale'), relation: 'TAGGED_WITH' } }, { productTitle: { ...texts('shirt'), relation: 'CONTAINS' } }, { productType: texts('Mugs') }, { productVendor: texts('Nordlicht') },
  { productCategory: { ...texts({ categoryId: 'gid://shopify/TaxonomyCategory/aa', includeDescendants: true }) } }, { productStatus: texts('DRAFT') },
  { variantTitle: { ...texts('Red'), relation: 'STARTS_WITH' } }, { variantPrice: { relation: 'LESS_THAN', value: { amount: '5.00', currencyCode: 'USD' } } }, { variantCompareAtPrice: { relation: 'IS_SET' } },
  { variantInventory: { relation: 'LESS_THAN', value: 0 } }, { variantWeight: { relation: 'GREATER_THAN', value: { value: 2, unit: 'KILOGRAMS' } } },
  { metafieldBoolean: { definitionId: definitions.boolean, relation: 'EQUALS', value: true } }, { metafieldInteger: { definitionId: definitions.number_integer, relation: 'GREATER_THAN', value: 800 } },
  { metafieldDecimal: { definitionId: definitions.number_decimal, relation: 'LESS_THAN', value: '1.5' } }, { metafieldString: { ...texts('Cotton'), definitionId: definitions.single_line_text_field } },
  { metafieldStringList: { ...texts('washable'), relation: 'INCLUDES', definitionId: definitions['list.single_line_text_field'] } },
  { metafieldMetaobject: { definitionId: definitions.metaobject_reference, relation: 'EQUALS', value: 'gid://shopify/Metaobject/1' } },
  { metafieldMetaobjectList: { ...texts('gid://shopify/Metaobject/1'), relation: 'INCLUDES', definitionId: definitions['list.metaobject_reference'] } },
];

export const everyExclusion = collectionId => [
  { productTag: { ...texts('old'), relation: 'TAGGED_WITH' } }, { productType: { ...texts('voucher'), relation: 'CONTAINS' } }, { productVendor: texts('Nobody') },
  { productCategory: texts({ categoryId: 'gid://shopify/TaxonomyCategory/ap' }) }, { collection: { values: [collectionId] } },
];

/** In a shop that is not served: the collection, written as a mutation would. */
export function collectionOfEveryKind(shop) {
  const writing = () => new Writing(shop, Date.UTC(2025, 0, 1));
  const made = ['metaobject_reference', 'list.metaobject_reference'].map((type, n) => metafieldMutations.metafieldDefinitionCreate(writing(), { definition: { name: type, namespace: 'custom', key: `object_${n}`, type, ownerType: 'PRODUCT' } }).createdDefinition);
  const definitions = {
    boolean: definitionId('PRODUCT', 4), number_integer: definitionId('PRODUCTVARIANT', 1), number_decimal: definitionId('PRODUCT', 3), single_line_text_field: definitionId('PRODUCT', 0),
    'list.single_line_text_field': definitionId('PRODUCT', 14), metaobject_reference: definitionId('PRODUCT', made[0].number), 'list.metaobject_reference': definitionId('PRODUCT', made[1].number),
  };
  return collectionMutations.collectionCreate(writing(), { collection: {
    title: 'Every kind', sources: [{ source: {
      title: 'Conditions', inclusion: { matchType: 'ANY', conditions: everyInclusion(definitions), selections: [{ productId: shop.productAt(0).gid }] },
      exclusion: { matchType: 'ANY', conditions: everyExclusion(shop.collections.list[0].gid), selections: [{ productId: shop.productAt(1).gid }] },
    } }],
  } }).collection;
}
