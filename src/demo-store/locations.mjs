import { gid } from './ids.mjs';

const place = (number, name, address, more = {}) => ({
  typename: 'Location', number, name, id: String(88_511_000_000 + number * 32768 + 1), levelNumber: String(124_826_400 + number * 32768),
  get gid() { return gid('Location', this.id); },
  isActive: true, fulfillsOnlineOrders: true, shipsInventory: true, isFulfillmentService: false,
  createdAt: Date.UTC(2020, 10, 3 + number), updatedAt: Date.UTC(2023, 3, 7 + number), deactivatedAt: null, address, ...more,
});

const address = (address1, city, zip, province, provinceCode, country, countryCode) => ({
  address1, address2: null, city, zip, province, provinceCode, country, countryCode, latitude: null, longitude: null, phone: null,
  formatted: [address1, `${city} ${provinceCode ?? ''} ${zip}`.replace(/ +/g, ' '), country],
});

/** Five places, one of them closed. */
export const makeLocations = () => [
  place(0, 'Main warehouse', address('12 Harbour Road', 'Portland', '04101', 'Maine', 'ME', 'United States', 'US')),
  place(1, 'Shop Brooklyn', address('88 Wythe Avenue', 'New York', '11249', 'New York', 'NY', 'United States', 'US')),
  place(2, 'Lager Köln', address('Venloer Straße 5', 'Köln', '50672', null, null, 'Germany', 'DE')),
  place(3, '東京ストア', address('渋谷 1-2-3', 'Tokyo', '150-0002', 'Tokyo', 'JP-13', 'Japan', 'JP'), { shipsInventory: false }),
  place(4, 'Old warehouse', address('3 Mill Lane', 'Bath', 'BA1 1AA', null, null, 'United Kingdom', 'GB'), { isActive: false, fulfillsOnlineOrders: false, deactivatedAt: '2023-11-30T09:00:00Z' }),
];

const publication = (number, title, catalog) => ({
  typename: 'Publication', number, id: String(184_111_500_000 + number * 32768 + 1), title, autoPublish: number === 0, supportsFuturePublishing: number === 0,
  get gid() { return gid('Publication', this.id); }, catalog,
});

export const makePublications = () => [
  publication(0, 'Online Store', 'AppCatalog'),
  publication(1, 'Point of Sale', 'AppCatalog'),
  publication(2, 'Wholesale', 'MarketCatalog'),
];
